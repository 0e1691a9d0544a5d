#!/usr/bin/python3
"""An S3 server for tests: OpenStack Swift with s3api, its four servers on loopback in one process.

    /usr/bin/python3 s3-server.py FOLDER [KEYS]

An answer of a list holds at most KEYS keys, 1000 without it. FOLDER must lie on a file system with user xattrs (ext4, xfs,
btrfs) and belongs to the caller. One JSON line on standard output says where it listens and with which keys. It ends on SIGTERM, and when standard input ends, so it cannot outlive
the test that started it. Needs Debian's python3-swift.
"""
import json
import os
import signal
import socket
import sys
import time

import eventlet
import eventlet.hubs
import eventlet.tpool
import eventlet.wsgi
from swift.common import utils

eventlet.hubs.use_hub(utils.get_hub())
utils.eventlet_monkey_patch()
epoch_seconds = time.time

ACCOUNT, USER, SECRET, REGION = "test", "tester", "testing", "us-east-1"
STORAGE = ("account", "container", "object")
PIPELINE = (
    "catch_errors gatekeeper healthcheck cache listing_formats s3api tempauth copy slo dlo versioned_writes symlink"
).split()

folder = os.path.abspath(sys.argv[1])
max_keys = sys.argv[2] if len(sys.argv) > 2 else "1000"
settings_folder = os.path.join(folder, "etc")
os.makedirs(settings_folder, exist_ok=True)
os.makedirs(os.path.join(folder, "srv", "d1"), exist_ok=True)


class TokenCache:
    """What tempauth needs of memcached, in a dict."""

    def __init__(self):
        self.entries = {}

    def get(self, key, raise_on_error=False):
        value, expires = self.entries.get(key, (None, 0))
        return None if expires and expires < epoch_seconds() else value

    def set(self, key, value, serialize=True, time=0, min_compress_len=0, raise_on_error=False):
        self.entries[key] = (value, epoch_seconds() + time if time else 0)

    def delete(self, key, server_key=None):
        self.entries.pop(key, None)

    def incr(self, key, delta=1, time=0):
        value = max(0, int(self.get(key) or 0) + delta)
        self.set(key, value, time=time)
        return value

    def decr(self, key, delta=1, time=0):
        return self.incr(key, -delta, time)

    def get_multi(self, keys, server_key=None):
        return [self.get(key) for key in keys]

    def set_multi(self, mapping, server_key=None, serialize=True, time=0, min_compress_len=0):
        for key, value in mapping.items():
            self.set(key, value, time=time)


TOKENS = TokenCache()


def token_cache_filter(global_conf, **local_conf):
    def wrap(app):
        def handle(environ, start_response):
            environ.setdefault("swift.cache", TOKENS)
            return app(environ, start_response)

        return handle

    return wrap


# Swift loads the filter by a module name; this script is that module.
sys.modules["panorec_token_cache"] = sys.modules["__main__"]


def write_settings(name, text):
    path = os.path.join(settings_folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def defaults(port):
    return (
        f"[DEFAULT]\nswift_dir = {settings_folder}\ndevices = {folder}/srv\nmount_check = false\n"
        f"bind_ip = 127.0.0.1\nbind_port = {port}\ndb_preallocation = off\nfallocate_reserve = 0\n"
        f"log_level = ERROR\nlog_address = {folder}/no-syslog\n"
    )


def proxy_settings(port):
    options = {
        "s3api": f"location = {REGION}\nmax_bucket_listing = {max_keys}\n",
        "tempauth": f"user_{ACCOUNT}_{USER} = {SECRET} .admin\n",
        "versioned_writes": "allow_object_versioning = true\n",
    }
    text = defaults(port) + f"[pipeline:main]\npipeline = {' '.join(PIPELINE)} proxy-server\n"
    text += "[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n"
    for name in PIPELINE:
        code = "paste.filter_factory = panorec_token_cache:token_cache_filter"
        use = code if name == "cache" else f"use = egg:swift#{name}"
        text += f"[filter:{name}]\n{use}\n{options.get(name, '')}"
    return write_settings("proxy-server.conf", text)


def storage_settings(name, port):
    from swift.common.ring import RingBuilder

    ring = RingBuilder(1, 1, 0)
    place = dict(ip="127.0.0.1", port=port, replication_ip="127.0.0.1", replication_port=port)
    ring.add_dev(dict(id=0, region=1, zone=1, weight=1.0, device="d1", **place))
    ring.rebalance()
    ring.get_ring().save(os.path.join(settings_folder, f"{name}.ring.gz"))
    text = f"[pipeline:main]\npipeline = {name}-server\n[app:{name}-server]\nuse = egg:swift#{name}\n"
    return write_settings(f"{name}-server.conf", defaults(port) + text)


def listen():
    listener = eventlet.listen(("127.0.0.1", 0), backlog=1024)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


write_settings(
    "swift.conf",
    "[swift-hash]\nswift_hash_path_prefix = panorec\nswift_hash_path_suffix = panorec\n"
    "[storage-policy:0]\nname = Policy-0\ndefault = yes\n",
)
utils.set_swift_dir(settings_folder)
utils.validate_configuration()

from swift.common.http_protocol import SwiftHttpProtocol  # noqa: E402
from swift.common.wsgi import loadapp  # noqa: E402

listeners = {name: listen() for name in (*STORAGE, "proxy")}
utils.FALLOCATE_RESERVE = 0
for name, listener in listeners.items():
    port = listener.getsockname()[1]
    path = proxy_settings(port) if name == "proxy" else storage_settings(name, port)
    quiet = dict(log_level="ERROR", log_address=f"{folder}/no-syslog")
    utils.get_logger(quiet, name, log_to_console=True, log_route=name)
    eventlet.spawn(
        eventlet.wsgi.server,
        listener,
        loadapp(path, global_conf={"log_name": name}),
        log=utils.NullLogger(),
        protocol=SwiftHttpProtocol,
        custom_pool=eventlet.GreenPool(256),
        socket_timeout=60,
        capitalize_response_headers=False,
    )

for ending in (signal.SIGTERM, signal.SIGINT):
    signal.signal(ending, lambda *_: os._exit(0))


def end_with_standard_input():
    real_os = eventlet.patcher.original("os")
    while eventlet.tpool.execute(real_os.read, 0, 4096):
        pass
    os._exit(0)


eventlet.spawn(end_with_standard_input)
proxy_port = listeners["proxy"].getsockname()[1]
keys = dict(accessKeyId=f"{ACCOUNT}:{USER}", secretAccessKey=SECRET)
print(json.dumps(dict(endpoint=f"http://127.0.0.1:{proxy_port}", region=REGION, **keys)), flush=True)
while True:
    eventlet.sleep(3600)
