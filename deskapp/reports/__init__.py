"""What goes on paper and to head office to be read: pages that a browser prints, and spreadsheets."""
