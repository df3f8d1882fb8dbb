"""The pages for everybody that show what is published, a file each, and the feed of the weeks."""
