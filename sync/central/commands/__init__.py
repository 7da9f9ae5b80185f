"""What the centre is asked to do: each command is one transaction, and refuses before it changes anything."""
