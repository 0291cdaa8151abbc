"""Addresses that people type in lead to the public internet alone."""

import socket

import pytest

from exceptions.news.addresses import AddressRefused, NoAnswer, checked, post


def answering(*numbers):
    """A resolver that gives these addresses for every name."""
    return lambda host, port, type: [(socket.AF_INET, type, 6, "", (number, port)) for number in numbers]


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1",
        "127.8.9.10",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2001:db8::1",
    ],
)
def test_no_name_leads_inside(number):
    with pytest.raises(AddressRefused, match="not on the public internet"):
        checked("https://hooks.example.com/x", resolve=answering("93.184.215.14", number))


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://[::1]/",
        "https://[::ffff:7f00:1]/",
        "https://localhost/",
        "https://localhost./",
        "https://①②⑦.⓪.⓪.①/",
        "https://169.254.169.254/latest/meta-data/",
    ],
)
def test_no_way_of_writing_this_machine_leads_there(address):
    with pytest.raises(AddressRefused):
        checked(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hooks.example.com",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "gopher://hooks.example.com/",
        "javascript:alert(1)",
        "http://hooks.example.com/",
        "https://user:word@hooks.example.com/",
        "https:///path",
        "https://hooks.example.com:99999/",
        "https://a b/",
    ],
)
def test_only_whole_https_addresses_without_passwords_are_taken(address):
    with pytest.raises(AddressRefused):
        checked(address, resolve=answering("93.184.215.14"))


def test_a_name_that_is_unknown_is_refused():
    def unknown(*args, **kwargs):
        raise socket.gaierror

    with pytest.raises(AddressRefused, match="is not known"):
        checked("https://nowhere.example.com/", resolve=unknown)


def test_what_is_asked_is_the_number_that_was_checked():
    target = checked("https://hooks.example.com:8443/a?b=c#d", resolve=answering("93.184.215.14"))
    assert str(target.url) == "https://93.184.215.14:8443/a?b=c"
    assert (target.host, target.named) == ("hooks.example.com", "hooks.example.com:8443")
    six = checked("https://hooks.example.com/", resolve=answering("2606:4700::6810:84e5"))
    assert str(six.url) == "https://[2606:4700::6810:84e5]/"


def test_a_name_that_changes_its_mind_is_asked_once(listener):
    answers = [["127.0.0.1"], ["10.0.0.1"]]

    def changing(host, port, type):
        return answering(*answers.pop(0))(host, port, type)

    address = listener.address.replace("127.0.0.1", "hooks.example.com")
    assert post(address, b"{}", {}, resolve=changing).status == 200
    [(_, headers, _)] = listener.requests
    assert headers["Host"] == f"hooks.example.com:{listener.server_port}"
    assert len(answers) == 1


def test_loopback_is_open_to_the_tests_alone(listener, settings):
    settings.OUTGOING_TO_LOOPBACK = False
    with pytest.raises(AddressRefused):
        post(listener.address, b"{}", {})
    settings.OUTGOING_TO_LOOPBACK = True
    with pytest.raises(AddressRefused):
        post("http://10.0.0.1/", b"{}", {})
    assert listener.requests == []


def test_a_proxy_of_the_environment_is_not_asked(listener, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert post(listener.address, b"{}", {}).status == 200


def test_who_does_not_answer_is_named(listener):
    closed = socket.socket()
    closed.bind(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    with pytest.raises(NoAnswer, match="ConnectError"):
        post(address, b"{}", {})
    closed.close()


def test_a_long_answer_is_cut(listener):
    listener.words = b"y" * 90_000
    assert post(listener.address, b"{}", {}).text == "y" * 500
