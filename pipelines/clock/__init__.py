"""The clock that a stack carries itself: starts backups and drills at their moments."""
