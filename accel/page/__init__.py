"""What all pages and pictures have in common: templates, one style, and drawing."""
