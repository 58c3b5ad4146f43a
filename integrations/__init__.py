"""Everything that leaves or enters the house: outbox, channels, remote clients. Knows no domain word."""
