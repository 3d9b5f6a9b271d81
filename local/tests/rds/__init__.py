"""RDS with data in it, tried from outside: an engine in a process of its own, boto3, psycopg over TLS."""
