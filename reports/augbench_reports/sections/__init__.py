"""The parts of a report, laid out as blocks."""
