"""The outline: headings of the open document, to go to and to move whole sections by."""
