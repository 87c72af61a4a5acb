// SPDX-License-Identifier: Apache-2.0
package io.rhizome.it.bench.jobs;

import io.rhizome.it.Checkout;
import io.rhizome.it.SmallDisk;
import io.rhizome.it.bench.faults.Readings;
import io.rhizome.it.bench.faults.Scale;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The disks that all nodes keep jobs on fill up in mid-job, and later cannot be written. */
final class DiskRow implements Row {
  private static final String DIRECTORY = "jobs";
  private static final String SIZE_OPTION = "size=192m";

  @Override
  public String name() {
    return "disk";
  }

  private static Duration length(Scale scale) {
    return scale.seconds(20, 8);
  }

  @Override
  public List<String> method(Scale scale) {
    return List.of(
        "each node's jobs lie on a tmpfs (%s); a job of %,d items, and when 30%% are done, a file of"
            .formatted(SIZE_OPTION, Sizes.items(scale)),
        "ours fills all three for %d s, then is deleted; another job, and when 30%% are done, kill -9"
            .formatted(length(scale).toSeconds()),
        "of all, which start on read-only disks (no disk becomes read-only whose files are being",
        "written), writable again after %d s. Meanwhile a job of %d items is submitted to each node"
            .formatted(length(scale).toSeconds(), Sizes.SMALL),
        "in turn, five times a second; reasoned: refusals that name the reason; accepted_last: of",
        "the last %d, those that were accepted; recover: until each node accepts one again"
            .formatted(Sizes.NODES));
  }

  @Override
  public Optional<String> missing() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("rhizome-disk-");
    try {
      SmallDisk.mount(directory, "size=1m").unmount();
      return Optional.empty();
    } catch (IllegalStateException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } finally {
      Files.delete(directory);
    }
  }

  @Override
  public boolean shares() {
    return true;
  }

  @Override
  public JobsMesh found(Checkout checkout) throws IOException, InterruptedException {
    return JobsMesh.onLoopback(checkout, Sizes.NODES);
  }

  @Override
  public Readings run(JobsMesh mesh, Scale scale) throws IOException, InterruptedException {
    List<SmallDisk> disks = new ArrayList<>();
    try {
      // What another row left here is out of sight from here on.
      mesh.killAll();
      for (int i = 1; i <= mesh.size(); i++) {
        disks.add(SmallDisk.mount(mesh.node(i).directory().resolve(DIRECTORY), SIZE_OPTION));
      }
      mesh.start();
      Readings readings = new Readings();
      Tally full = befall(mesh, scale, new Full(disks), readings);
      Tally readOnly = befall(mesh, scale, new ReadOnly(mesh, disks), readings);
      full.plus(readOnly).readings().values().forEach(readings::with);
      return readings;
    } finally {
      mesh.killAll();
      for (SmallDisk disk : disks) {
        disk.unmount();
      }
    }
  }

  private static Tally befall(JobsMesh mesh, Scale scale, DiskFault fault, Readings readings)
      throws IOException, InterruptedException {
    int items = Sizes.items(scale);
    String job = fault.name();
    var unused = mesh.client(1).submit(job, items);
    mesh.awaitDone(1, job, items * 3 / 10);
    Submissions submissions = new Submissions(mesh, job, fault.reason());
    try {
      fault.begin();
      submissions.tryFor(length(scale));
    } finally {
      fault.end();
    }
    int acceptedLast = submissions.acceptedLast();
    double recover = submissions.secondsUntilAllAccept();
    mesh.awaitDone(1, job, items);
    Tally small = submissions.awaitAndCheck();
    readings
        .with(job + "_reasoned", submissions.reasoned())
        .with(job + "_accepted", submissions.accepted())
        .with(job + "_accepted_last", acceptedLast)
        .with(job + "_recover_s", recover);
    return mesh.client(1).check(job, items).plus(small);
  }

  /** What befalls all disks. */
  private interface DiskFault {
    /** What its job and readings are called. */
    String name();

    /** What a refusal must speak of. */
    String reason();

    void begin() throws IOException, InterruptedException;

    void end() throws IOException, InterruptedException;
  }

  private record Full(List<SmallDisk> disks) implements DiskFault {
    @Override
    public String name() {
      return "full";
    }

    @Override
    public String reason() {
      return "(?is)RESOURCE_EXHAUSTED.*(space|room|full|free).*";
    }

    @Override
    public void begin() throws IOException {
      for (SmallDisk disk : disks) {
        System.out.println("  filled by " + (Files.size(disk.fill()) >> 20) + " MiB");
      }
    }

    @Override
    public void end() throws IOException {
      for (SmallDisk disk : disks) {
        disk.free();
      }
    }
  }

  private record ReadOnly(JobsMesh mesh, List<SmallDisk> disks) implements DiskFault {
    @Override
    public String name() {
      return "read_only";
    }

    @Override
    public String reason() {
      return "(?is).*(read.only|cannot be written|cannot write|not writable).*";
    }

    @Override
    public void begin() throws IOException, InterruptedException {
      mesh.killAll();
      for (SmallDisk disk : disks) {
        disk.remount("ro");
      }
      mesh.launchAll();
    }

    @Override
    public void end() throws IOException, InterruptedException {
      for (SmallDisk disk : disks) {
        disk.remount("rw");
      }
    }
  }
}
