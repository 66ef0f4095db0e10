"""Anyone with grpcurl can see what the daemon offers and read a record as JSON."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import generate
from tests.iso2709 import control_field, data_field, encode
from tests.support import Daemon

ROOT = Path(__file__).resolve().parents[2]
SERVICES = {
    "grpc.health.v1.Health",
    "marcd.v1.FileService",
    "marcd.v1.RecordService",
    "marcd.v1.ServerService",
}


@pytest.fixture(scope="module")
def grpcurl() -> str:
    own = ROOT / ".cache" / "bin" / "grpcurl"
    found = str(own) if own.exists() else shutil.which("grpcurl")
    if not found:
        pytest.skip("no grpcurl: tools/get_grpcurl installs it where there is Go")
    return found


@pytest.fixture
def ask(grpcurl: str, daemon: Daemon):
    """`ask(method, request)` gives the responses; `ask(verb)` the text."""

    def run(method: str, request: object = None, *, fails: bool = False) -> str:
        data = [] if request is None else ["-d", json.dumps(request)]
        command = [grpcurl, "-plaintext", "-max-time", "30", *data, daemon.target, *method.split()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert (done.returncode != 0) == fails, done.stderr
        return done.stderr if fails else done.stdout

    return run


def responses(text: str) -> list[dict]:
    """The JSON values that `text` is made of, one after the other."""
    decoder, found = json.JSONDecoder(), []
    while text := text.lstrip():
        value, end = decoder.raw_decode(text)
        found.append(value)
        text = text[end:]
    return found


def records(text: str) -> list[dict]:
    return [record for r in responses(text) for record in r.get("batch", {}).get("records", [])]


def test_list_names_the_services(ask) -> None:
    assert set(ask("list").split()) >= SERVICES


@pytest.mark.parametrize("service", sorted(s for s in SERVICES if s.startswith("marcd")))
def test_describe_shows_a_service_as_its_proto_does(ask, service: str) -> None:
    described = ask(f"describe {service}")
    assert f"service {service.rpartition('.')[2]} {{" in described
    protos = "".join(p.read_text() for p in (ROOT / "proto/marcd/v1").glob("*_service.proto"))
    for line in described.splitlines():
        if "rpc " in line:
            assert f"rpc {line.split()[1]}(" in protos


def test_a_record_is_readable_json(ask, tmp_path: Path) -> None:
    path = tmp_path / "one.mrc"
    fields = [control_field("001", "x-1"), data_field("245", "10", ("a", "Naïve 日本"), ("c", "I"))]
    path.write_bytes(encode(fields))
    text = ask("marcd.v1.RecordService/ReadRecords", {"file": {"name": str(path)}})
    assert "Naïve 日本" in text
    assert records(text) == [
        {
            "leader": encode(fields)[:24].decode(),
            "fields": [
                {"tag": "001", "data": "x-1"},
                {
                    "tag": "245",
                    "indicator1": "1",
                    "indicator2": "0",
                    "subfields": [
                        {"code": "a", "value": "Naïve 日本"},
                        {"code": "c", "value": "I"},
                    ],
                },
            ],
        }
    ]


def test_a_file_is_read_to_its_end(ask, tmp_path: Path) -> None:
    path = tmp_path / "many.mrc"
    generate.write_records(path, generate.realistic(500))
    text = ask("marcd.v1.RecordService/ReadRecords", {"file": {"name": str(path)}})
    assert [int(r["fields"][0]["data"]) for r in records(text)] == list(range(500))
    last = responses(text)[-1]
    assert last["end"] is True
    assert int(last["next_offset"]) == path.stat().st_size


def test_a_missing_file_is_an_error_that_names_it(ask, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.mrc")
    text = ask("marcd.v1.RecordService/ReadRecords", {"file": {"name": missing}}, fails=True)
    assert "Code: NotFound" in text
    assert missing in text
    assert "google.rpc.ErrorInfo" in text


def test_a_file_is_described(ask, tmp_path: Path) -> None:
    path = tmp_path / "some.mrc"
    generate.write_records(path, generate.realistic(10))
    (answer,) = responses(ask("marcd.v1.FileService/GetFile", {"file": {"name": str(path)}}))
    assert int(answer["identity"]["size"]) == path.stat().st_size
    assert int(answer["identity"]["modified_ns"]) == path.stat().st_mtime_ns


def test_the_daemon_tells_about_itself(ask, daemon: Daemon) -> None:
    (info,) = responses(ask("marcd.v1.ServerService/GetServerInfo"))
    assert info["pid"] == daemon.pid
    assert info["roots"] == ["all"]


def test_the_daemon_is_healthy(grpcurl: str, daemon: Daemon) -> None:
    # gRPC serves health without its description, so grpcurl needs to be given that.
    proto = ["-import-path", str(ROOT / "tests/e2e"), "-proto", "health.proto"]
    command = [grpcurl, "-plaintext", "-max-time", "30", *proto, daemon.target]
    check = [*command, "grpc.health.v1.Health/Check"]
    done = subprocess.run(check, capture_output=True, text=True, timeout=60, check=True)
    assert responses(done.stdout) == [{"status": "SERVING"}]
