"""OSTree as a contestant: the file trees of the images as commits, and a static delta between them. It does not write the
image but files in a repository, so its time and its written bytes cannot be compared with the others."""

import subprocess
from contextlib import contextmanager

from lib.machine import CannotRun, run
from lib.rounds import Contestant


class Ostree:
    def __init__(self, workspace, server):
        self._workspace = workspace
        self._server = server

    @contextmanager
    def _mounted(self, image):
        folder = self._workspace.folder / f"mounted-{image.name}"
        folder.mkdir(exist_ok=True)
        run("mount", "-o", "ro,loop,noload", image.path, folder)
        # A commit cannot contain device nodes.
        run("mount", "-t", "tmpfs", "tmpfs", folder / "dev")
        try:
            yield folder
        finally:
            run("umount", folder / "dev", folder)

    def _repository(self, old, new):
        """Both commits (branches old and new), and the static delta between them."""
        def make(folder):
            run("ostree", "init", "--mode=archive", f"--repo={folder}")
            for branch, image in (("old", old), ("new", new)):
                with self._mounted(image) as tree:
                    run("ostree", "commit", f"--repo={folder}", f"--branch={branch}", f"--tree=dir={tree}",
                        "--timestamp=2026-01-01 00:00:00 +0000", "--subject", branch)
            run("ostree", "static-delta", "generate", f"--repo={folder}", "--from=old", "--to=new",
                "--max-bsdiff-size=512", "--min-fallback-size=0")
            run("ostree", "summary", "-u", f"--repo={folder}")
        return self._workspace.artifact(f"{old.name}-{new.name}-ostree", [old, new, "2"], make)

    def contestant(self, group, old, new):
        repository = self._repository(old, new)
        place = self._workspace.serve(repository)
        local = self._workspace.folder / "ostree-local"
        has_old = self._workspace.artifact(f"{old.name}-{new.name}-ostree-local", [repository.name],
                                           lambda folder: self._make_local(folder, repository))

        def before():
            run("rm", "-rf", local)
            run("cp", "-a", "--reflink=auto", has_old, local)
            run("ostree", "remote", "add", "--no-gpg-verify", "--force", f"--repo={local}", "server",
                self._server.http(place))
            run("sync", "-f", local)

        def check():
            done = subprocess.run(["ostree", "fsck", "-q", f"--repo={local}"], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL, check=False)
            wanted = run("ostree", "rev-parse", f"--repo={repository}", "new")
            return done.returncode == 0 and run("ostree", "rev-parse", f"--repo={local}", "server:new") == wanted

        command = ["ostree", "pull", "--require-static-deltas", f"--repo={local}", "server",
                   "new"]
        return Contestant("OSTree static delta (files, not the image; into a repository)", group, command,
                          sources=[repository / "deltas"], before=before, check=check, note="OSTree")

    @staticmethod
    def _make_local(folder, repository):
        run("ostree", "init", "--mode=bare", f"--repo={folder}")
        run("ostree", "pull-local", f"--repo={folder}", repository, "old")
        if "old" not in run("ostree", "refs", f"--repo={folder}"):
            raise CannotRun("OSTree's repository does not have the old commit")
