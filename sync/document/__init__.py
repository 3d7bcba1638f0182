"""The document: one Yjs text in the Quill Delta convention. Knows pycrdt, nothing above it."""
