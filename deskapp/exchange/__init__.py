"""Bundles between a desk and head office: whose keys are trusted, what goes out and what comes in. Book + bundle."""
