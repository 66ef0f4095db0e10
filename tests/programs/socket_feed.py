"""A feed of records over TCP, the file's bytes in small pieces."""

import socket
import sys
import threading

from pymarc import MARCReader


def serve(listener, paths):
    for path in paths:
        connection, _ = listener.accept()
        with connection, open(path, "rb") as fh:
            while piece := fh.read(1000):
                try:
                    connection.sendall(piece)
                except OSError:  # the reader had enough
                    break


listener = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=serve, args=(listener, sys.argv[1:]), daemon=True).start()

for path in sys.argv[1:]:
    with socket.create_connection(listener.getsockname()) as connection:
        stream = connection.makefile("rb")
        reader = MARCReader(stream)
        good = 0
        for record in reader:
            if record is None:
                print("bad:", reader.current_exception, len(reader.current_chunk))
                continue
            good += 1
            if good <= 5:
                print(*record.get_fields("001", "003", "005"), record.pubyear)
        print(path.split("/")[-1], good)
        stream.close()
