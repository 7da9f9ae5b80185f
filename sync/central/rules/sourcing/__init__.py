"""Which site ships which lines of which orders: strictly order by order, or a whole wave at once. No I/O."""
