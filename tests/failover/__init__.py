"""A worker, a database, its computer are taken away: nothing acknowledged is lost or done twice."""
