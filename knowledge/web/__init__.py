"""The web: fetching safely and politely, pages to articles, feeds to addresses of pages."""
