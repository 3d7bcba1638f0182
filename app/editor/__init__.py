"""The writing surface: QTextDocument bound to a document, and the widget around it."""
