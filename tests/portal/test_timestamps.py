"""Time stamps: the question is RFC 3161's, the answer is read as OpenSSL writes it, and only one that fits is kept."""

import base64
import hashlib
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from portal import timestamps
from portal.errors import RetryLaterError

pytestmark = pytest.mark.unit
DIGEST = hashlib.sha256(b"x").digest()
# The answer of an OpenSSL 3.0 authority ("openssl ts -reply") to the question below.
ANSWER = base64.b64decode(
    "MIIFqzADAgEAMIIFogYJKoZIhvcNAQcCoIIFkzCCBY8CAQMxDzANBglghkgBZQMEAgEFADCBgQYLKoZIhvcNAQkQAQSgcgRwMG4C"
    "AQEGBCoDBAEwMTANBglghkgBZQMEAgEFAAQgLXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIECAQEYDzIwMjYxMTI2MjEw"
    "MzIzWgEB/wIBTaAWpBQwEjEQMA4GA1UEAwwHVGh1IFRTQaCCAv8wggL7MIIB46ADAgECAhR8zjtLeRZe9j+8ciuGs0NGVpr/dTAN"
    "BgkqhkiG9w0BAQsFADASMRAwDgYDVQQDDAdUaHUgVFNBMB4XDTI2MTEyNjIxMDMyM1oXDTI2MTIyNjIxMDMyM1owEjEQMA4GA1UE"
    "AwwHVGh1IFRTQTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBALRb61cOMVcg649c0d9h96pXEBIZK2xq88ArqUtxogZ8"
    "BaA4uJUtvt6L6kQHNT2s3IXTmSqY9t7fJn7Ad8gD5VW/o6WylvS0z1dIGjOQtV1lZdD5Yn/TjAfNXQOaRe73EsCAK9ugA8HX7gdQ"
    "IWVidp1RgA63tUYOC9Wv7K5V6FN6NKBD3jfGiFL/XZUhFlys0BLJbi3lOg+AJWpMu3+VcGXXPjlcvG1aDmoslQ2RhnYel1izA8Xb"
    "ZAy+J7lsmUYJH/Mz0qNX/OjKVKzKvRA6EVEOJ30ZrN858SmKVqELxHvD0EDa7seHilzL5pxwspGgme/ZOv1/B2XZIaiCxoI5W0EC"
    "AwEAAaNJMEcwFgYDVR0lAQH/BAwwCgYIKwYBBQUHAwgwDgYDVR0PAQH/BAQDAgeAMB0GA1UdDgQWBBReyCcKqLYGZjzxUBVTZFzY"
    "iEYEiTANBgkqhkiG9w0BAQsFAAOCAQEAaPYV8eYwB/nq3ih6WQhIzWNg8Zw/O0e6lcsHrUPNFEjIdCKlnGHsYjoYN4Jxjz6rTNE0"
    "781xcve9QXtwh7jGBapdnlXARkOLwgg/lRBzI1Pq4hEtTTwHRxvdP12X/LX4OuQsMS6Oj/QaJFrMjHVkZpSNCwJTETE04LQ5SpJr"
    "J5hFrEalVxXiBtEITrvxjNsQ7+F1LovsZaWElALHcqhmE9BwaV2m+m78a5+J/22Vj29x2NjSPV1myAfgcSNyYef+QgysrN7npwX5"
    "ahRrOAG/9CwRlCfsGBNR7JYCxwQIDzJGBaN1dVfmS6RxD6z+NoXquHQlbOJiZtQrF58nAsI4RDGCAfAwggHsAgEBMCowEjEQMA4G"
    "A1UEAwwHVGh1IFRTQQIUfM47S3kWXvY/vHIrhrNDRlaa/3UwDQYJYIZIAWUDBAIBBQCggZgwGgYJKoZIhvcNAQkDMQ0GCyqGSIb3"
    "DQEJEAEEMBwGCSqGSIb3DQEJBTEPFw0yNjExMjYyMTAzMjNaMCsGCyqGSIb3DQEJEAIMMRwwGjAYMBYEFBQheOP+Mie51+ZNPsGK"
    "Jklx9KFXMC8GCSqGSIb3DQEJBDEiBCB7ZKmbDt+i9ccvUm9d4UfndybTspaRlemWpceCR43ORTANBgkqhkiG9w0BAQEFAASCAQB2"
    "4VFzQMvT7L3y1FTuW8FctV2xHTfyIthw5IVFao9O2SxDlalOfp86MXqI2nYDfbV4BB1UYjJA+xJKS4qAFZpbSk3hVtEw1d59FSmP"
    "Yq70kaWa1GT0UtMgCP9ppxbz8O5S13OIQQMT8oZcULnU6av6amvAcedqMpA0jSmtG4/CVMymdtXFxjKE2dtaRUybxV5sozhtmmvE"
    "grjMt1K5J6kRC/hixFgTIPY6AQ/rKsU/0Bn36OLm2fd9PjxqnNz5owAADoA0tgomxHEfWEG8tuljVWBVtWV1DKNm6APtRRtw3PY4"
    "gpZMwaXUnBPR+XVGgf1nL4R6ABB3k8cuI+/azrly"
)
QUESTION = (
    "303c0201013031300d0609608648016503040201050004202d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    "02014d0101ff"
)


def der(tag, *parts):
    body = b"".join(parts)
    length = bytes([len(body)]) if len(body) < 128 else b"\x82" + len(body).to_bytes(2)
    return bytes([tag]) + length + body


def answer_to(digest, nonce, status=0):
    """What an authority says, without certificate, signature and all that is not read."""
    oid, number, none = der(0x06, b"\x2a\x03"), der(0x02, b"\x01"), der(0x05)
    imprint = der(0x30, der(0x30, oid, none), der(0x04, digest))
    time = der(0x18, b"20261126210323Z")
    info = der(
        0x30, number, oid, imprint, number, time, der(0x30, number), der(0x01, b"\xff"), der(0x02, nonce.to_bytes(8))
    )
    signed = der(0x30, number, der(0x31), der(0x30, oid, der(0xA0, der(0x04, info))), der(0x31))
    return der(0x30, der(0x30, der(0x02, bytes([status]))), der(0x30, oid, der(0xA0, signed)))


@contextmanager
def authority(answer):
    """A server on a loopback port; `answer(question)` gives its words."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            question = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer(question))

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def honest(question):
    """Repeat digest and nonce of the question."""
    _version, imprint, nonce, _certificate = (value for _tag, value in timestamps._parts(question[2:]))
    return answer_to(imprint[-32:], int.from_bytes(nonce))


def test_the_question_is_that_of_the_standard():
    assert timestamps.query(DIGEST, 77).hex() == QUESTION


def test_an_answer_of_openssl_is_read():
    assert timestamps.read(ANSWER) == timestamps.StampAnswer(is_granted=True, digest=DIGEST, nonce=77)


def test_an_honest_answer_is_kept_whole():
    with authority(honest) as url:
        kept = timestamps.stamp(DIGEST, url=url)
    assert timestamps.read(kept).digest == DIGEST


@pytest.mark.parametrize(
    "answer",
    [
        lambda _question: b"",
        lambda _question: b"<html>busy</html>",
        lambda _question: ANSWER[:100],
        lambda _question: ANSWER,  # to another question
        lambda question: answer_to(b"y" * 32, 1),
        lambda question: answer_to(DIGEST, 1, status=2),
    ],
)
def test_what_does_not_fit_is_asked_again_later(answer):
    with authority(answer) as url, pytest.raises(RetryLaterError):
        timestamps.stamp(DIGEST, url=url)


def test_an_authority_that_is_away_is_asked_again_later():
    with pytest.raises(RetryLaterError):
        timestamps.stamp(DIGEST, url="http://127.0.0.1:1/")
