"""The verbs. Each owns one transaction: lock, check, change, event, outbox; then tasks on commit."""
