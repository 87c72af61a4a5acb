// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.jobs.ignite;

import io.rhizome.node.jobs.ItemResult;
import io.rhizome.node.jobs.Job;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.jobs.JobStore;
import io.rhizome.node.jobs.Slice;
import io.rhizome.node.jobs.SliceChange;
import io.rhizome.node.jobs.SliceResults;
import io.rhizome.node.jobs.SliceState;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * Results that go from a store that is given up to the one that stays. Adding them twice, or where
 * the other has its own, changes nothing: an item's first result stands.
 *
 * <p>A file: jobs, each followed by its slices that have results and a mark.
 */
final class Carried {
  private static final int END_OF_JOB = -1;

  private Carried() {}

  /** Writes what a store has; the file appears whole. */
  static void write(JobStore from, Path file) throws IOException, JobException {
    Path temporary = file.resolveSibling(file.getFileName() + ".part");
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(temporary)))) {
      for (JobStore.Entry entry : from.jobs()) {
        entry.job().write(out);
        List<SliceState> states = from.slices(entry.job());
        for (int i = 0; i < states.size(); i++) {
          Slice slice = entry.job().slice(i);
          List<ItemResult> results =
              states.get(i).beat() == 0 ? List.<ItemResult>of() : from.results(slice);
          if (!results.isEmpty()) {
            byte[] encoded = SliceResults.encode(results);
            out.writeInt(i);
            out.writeInt(encoded.length);
            out.write(encoded);
          }
        }
        out.writeInt(END_OF_JOB);
      }
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Adds what such a file has; gives of how many slices. */
  static int add(Path file, JobStore to) throws IOException, JobException {
    int slices = 0;
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      for (Optional<Job> job = next(in); job.isPresent(); job = next(in)) {
        to.add(job.get());
        for (int number = in.readInt(); number != END_OF_JOB; number = in.readInt()) {
          byte[] encoded = in.readNBytes(in.readInt());
          add(job.get().slice(number), SliceResults.decode(encoded), to);
          slices++;
        }
      }
    }
    return slices;
  }

  private static Optional<Job> next(DataInputStream in) throws IOException {
    try {
      return Optional.of(Job.read(in));
    } catch (EOFException e) {
      return Optional.empty();
    }
  }

  private static void add(Slice slice, List<ItemResult> results, JobStore to) throws JobException {
    to.keep(slice, results);
    // Whoever runs the slice finds them; where all are there it is done without running anything.
    List<ItemResult> all = to.results(slice);
    SliceState seen = SliceState.NEW;
    if (all.size() == slice.count()) {
      Optional<SliceState> mine = to.change(slice, SliceChange.claim("carried", seen));
      if (mine.isPresent()) {
        int failed = (int) all.stream().filter(ItemResult::failed).count();
        var unused = to.change(slice, SliceChange.finish(mine.get(), failed));
      }
    }
  }
}
