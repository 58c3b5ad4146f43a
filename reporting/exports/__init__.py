"""What goes out: whole lists as files made in the background, and open data. Tables of pages go out by portal.downloads."""
