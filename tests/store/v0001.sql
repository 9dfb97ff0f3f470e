BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE aliases (
	id INTEGER NOT NULL,
	person INTEGER NOT NULL,
	text TEXT NOT NULL,
	kind VARCHAR(8) NOT NULL,
	CONSTRAINT pk_aliases PRIMARY KEY (id),
	CONSTRAINT fk_aliases_person FOREIGN KEY(person) REFERENCES people (id)
);
INSERT INTO "aliases" VALUES(1,1,'Ana Reyes','full');
INSERT INTO "aliases" VALUES(2,1,'Reyes','last');
CREATE TABLE articles (
	id VARCHAR NOT NULL,
	revision INTEGER NOT NULL,
	withdrawn BOOLEAN NOT NULL,
	CONSTRAINT pk_articles PRIMARY KEY (id)
);
INSERT INTO "articles" VALUES('ferry',3,0);
INSERT INTO "articles" VALUES('bridge',2,0);
INSERT INTO "articles" VALUES('well',4,1);
CREATE TABLE changes (
	sequence INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	article VARCHAR NOT NULL,
	kind VARCHAR(16) NOT NULL,
	at VARCHAR(32) NOT NULL,
	CONSTRAINT fk_changes_article FOREIGN KEY(article) REFERENCES articles (id)
);
INSERT INTO "changes" VALUES(1,'ferry','added','2024-05-06T12:00:00+00:00');
INSERT INTO "changes" VALUES(2,'bridge','added','2024-05-06T12:00:00+00:00');
INSERT INTO "changes" VALUES(3,'ferry','updated','2024-05-06T12:00:00+00:00');
INSERT INTO "changes" VALUES(4,'well','added','2024-05-06T12:00:00+00:00');
INSERT INTO "changes" VALUES(5,'well','withdrawn','2024-05-06T12:00:00+00:00');
CREATE TABLE facts (
	id INTEGER NOT NULL,
	sentence INTEGER NOT NULL,
	subject_start INTEGER NOT NULL,
	subject_end INTEGER NOT NULL,
	relation_start INTEGER NOT NULL,
	relation_end INTEGER NOT NULL,
	object_start INTEGER,
	object_end INTEGER,
	time_start INTEGER,
	time_end INTEGER,
	place_start INTEGER,
	place_end INTEGER,
	number_start INTEGER,
	number_end INTEGER,
	CONSTRAINT pk_facts PRIMARY KEY (id),
	CONSTRAINT fk_facts_sentence FOREIGN KEY(sentence) REFERENCES sentences (id)
);
INSERT INTO "facts" VALUES(1,3,0,9,10,16,17,25,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE mentions (
	id INTEGER NOT NULL,
	person INTEGER NOT NULL,
	sentence INTEGER NOT NULL,
	text_start INTEGER NOT NULL,
	text_end INTEGER NOT NULL,
	kind VARCHAR(8) NOT NULL,
	CONSTRAINT pk_mentions PRIMARY KEY (id),
	CONSTRAINT ck_mentions_text_ordered CHECK (text_start < text_end),
	CONSTRAINT fk_mentions_person FOREIGN KEY(person) REFERENCES people (id),
	CONSTRAINT fk_mentions_sentence FOREIGN KEY(sentence) REFERENCES sentences (id)
);
INSERT INTO "mentions" VALUES(1,1,3,0,9,'name');
INSERT INTO "mentions" VALUES(2,1,4,27,32,'name');
CREATE TABLE people (
	id INTEGER NOT NULL,
	revision INTEGER NOT NULL,
	name TEXT NOT NULL,
	"key" VARCHAR NOT NULL,
	role TEXT,
	CONSTRAINT pk_people PRIMARY KEY (id),
	CONSTRAINT fk_people_revision FOREIGN KEY(revision) REFERENCES revisions (id)
);
INSERT INTO "people" VALUES(1,2,'Ana Reyes','ana reyes','mayor');
CREATE TABLE phrasings (
	id INTEGER NOT NULL,
	sentence INTEGER NOT NULL,
	text TEXT NOT NULL,
	kind VARCHAR(16) NOT NULL,
	CONSTRAINT pk_phrasings PRIMARY KEY (id),
	CONSTRAINT fk_phrasings_sentence FOREIGN KEY(sentence) REFERENCES sentences (id)
);
INSERT INTO "phrasings" VALUES(1,3,'who opened a bridge','open');
CREATE TABLE quote_contents (
	id INTEGER NOT NULL,
	quote INTEGER NOT NULL,
	text_start INTEGER NOT NULL,
	text_end INTEGER NOT NULL,
	CONSTRAINT pk_quote_contents PRIMARY KEY (id),
	CONSTRAINT ck_quote_contents_text_ordered CHECK (text_start < text_end),
	CONSTRAINT fk_quote_contents_quote FOREIGN KEY(quote) REFERENCES quotes (id)
);
INSERT INTO "quote_contents" VALUES(1,1,38,48);
CREATE TABLE quotes (
	id INTEGER NOT NULL,
	revision INTEGER NOT NULL,
	source_start INTEGER,
	source_end INTEGER,
	cue_start INTEGER,
	cue_end INTEGER,
	addressee_start INTEGER,
	addressee_end INTEGER,
	via_start INTEGER,
	via_end INTEGER,
	speaker TEXT,
	type VARCHAR(8) NOT NULL,
	confidence FLOAT NOT NULL,
	rule VARCHAR NOT NULL,
	CONSTRAINT pk_quotes PRIMARY KEY (id),
	CONSTRAINT fk_quotes_revision FOREIGN KEY(revision) REFERENCES revisions (id)
);
INSERT INTO "quotes" VALUES(1,2,27,32,33,37,NULL,NULL,NULL,NULL,'Ana Reyes','indirect',0.9,'given');
CREATE TABLE revisions (
	id INTEGER NOT NULL,
	article VARCHAR NOT NULL,
	number INTEGER NOT NULL,
	title TEXT NOT NULL,
	publisher TEXT,
	url TEXT,
	published TEXT,
	text TEXT NOT NULL,
	digest VARCHAR(64) NOT NULL,
	ingested VARCHAR(32) NOT NULL,
	CONSTRAINT pk_revisions PRIMARY KEY (id),
	CONSTRAINT fk_revisions_article FOREIGN KEY(article) REFERENCES articles (id) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT uq_revisions_article_number UNIQUE (article, number)
);
INSERT INTO "revisions" VALUES(1,'ferry',1,'The ferry','Norland Post',NULL,NULL,'The ferry sails at nine.
It carries 80 people.','6441eaf51c9a800ac5329202bc85dec9f95019df8180ec9cead5de85ab8fc3fc','2024-05-06T12:00:00+00:00');
INSERT INTO "revisions" VALUES(2,'bridge',1,'A bridge',NULL,NULL,NULL,'Ana Reyes opened a bridge.
Reyes said it is safe.','95917d46c01710b53f6c7debe9d3b411e8553cc92ec2b9fed332b29ffa57bcfe','2024-05-06T12:00:00+00:00');
INSERT INTO "revisions" VALUES(3,'ferry',2,'The ferry','Norland Post',NULL,NULL,'The ferry sails at ten.
It carries 80 people.','b3c5298f2b629148dfe3d403c3799928709f495759d5066af08bf10e6bae368f','2024-05-06T12:00:00+00:00');
INSERT INTO "revisions" VALUES(4,'well',1,'',NULL,NULL,NULL,'The well is dry.','0495148abee8ce9de29d8a403e9fbe3178d93857b9c0edfee9d86cd5dcc68e9f','2024-05-06T12:00:00+00:00');
CREATE TABLE sentences (
	id INTEGER NOT NULL,
	revision INTEGER NOT NULL,
	number INTEGER NOT NULL,
	text_start INTEGER NOT NULL,
	text_end INTEGER NOT NULL,
	paragraph INTEGER NOT NULL,
	labels VARCHAR NOT NULL,
	CONSTRAINT pk_sentences PRIMARY KEY (id),
	CONSTRAINT ck_sentences_text_ordered CHECK (text_start < text_end),
	CONSTRAINT fk_sentences_revision FOREIGN KEY(revision) REFERENCES revisions (id),
	CONSTRAINT uq_sentences_revision_number UNIQUE (revision, number)
);
INSERT INTO "sentences" VALUES(1,1,1,0,24,0,'');
INSERT INTO "sentences" VALUES(2,1,2,25,46,0,'');
INSERT INTO "sentences" VALUES(3,2,1,0,26,0,'');
INSERT INTO "sentences" VALUES(4,2,2,27,49,0,'');
INSERT INTO "sentences" VALUES(5,3,1,0,23,0,'');
INSERT INTO "sentences" VALUES(6,3,2,24,45,0,'');
INSERT INTO "sentences" VALUES(7,4,1,0,16,0,'');
CREATE TABLE stores (
	id VARCHAR(32) NOT NULL,
	CONSTRAINT pk_stores PRIMARY KEY (id)
);
INSERT INTO "stores" VALUES('0123456789abcdef0123456789abcdef');
CREATE INDEX ix_people_key ON people ("key");
CREATE INDEX ix_people_revision ON people (revision);
CREATE INDEX ix_quotes_revision ON quotes (revision);
CREATE INDEX ix_aliases_person ON aliases (person);
CREATE INDEX ix_facts_sentence ON facts (sentence);
CREATE INDEX ix_mentions_person ON mentions (person);
CREATE INDEX ix_mentions_sentence ON mentions (sentence);
CREATE INDEX ix_phrasings_sentence ON phrasings (sentence);
CREATE INDEX ix_quote_contents_quote ON quote_contents (quote);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('changes',5);
COMMIT;
