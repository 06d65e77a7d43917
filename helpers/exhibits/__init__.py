"""The book's tables, charts and sentences, one function each, named after what it shows."""
