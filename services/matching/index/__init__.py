"""The in-memory index: who can meet whom, exactly as ``domain`` says it, for millions of rows in milliseconds."""
