"""What has been written: journal, view and search. The only room that knows SQLite."""
