"""What readers see of the sending itself."""

MAY_REPEAT = "(may repeat)"
TOPIC_GONE = "The topic that these updates went to is closed or gone. From now on they come here."
