"""The configuration file: its types (``settings``), its reader (``parse``), its watcher (``reload``)."""
