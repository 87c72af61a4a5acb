// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.cli;

import io.rhizome.v1.JobInfo;
import io.rhizome.v1.JobRequest;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Jobs for people. */
final class JobText {
  private static final String RUNNING = "RUNNING";
  private static final String DONE = "DONE";
  private static final String LATENCY = "latency";

  private JobText() {}

  static JobRequest request(String id) {
    return JobRequest.newBuilder().setId(id).build();
  }

  static boolean running(JobInfo job) {
    return job.getState().equals(RUNNING);
  }

  /** 0 where every item has a good result. */
  static int exitStatus(JobInfo job) {
    return job.getState().equals(DONE) && job.getFailed() == 0 ? 0 : Main.FAILED;
  }

  static String state(JobInfo job) {
    return job.getState().toLowerCase(Locale.ROOT);
  }

  static String model(JobInfo job) {
    return job.getModel() + (job.getVersion() == 0 ? "" : ":" + job.getVersion());
  }

  static String time(long millis) {
    return Instant.ofEpochSecond(Math.floorDiv(millis, 1_000)).toString();
  }

  /** One line. */
  static String line(JobInfo job) {
    return "job %s is %s: %d of %d items have results, %d of them failed"
        .formatted(job.getId(), state(job), job.getDone(), job.getItems(), job.getFailed());
  }

  static void list(List<JobInfo> jobs, PrintWriter out) {
    Table table = new Table("ID", "MODEL", "STATE", "ITEMS", "DONE", "FAILED", "PRIO", "SUBMITTED");
    for (JobInfo job : jobs) {
      table.row(
          job.getId(),
          model(job),
          state(job),
          Integer.toString(job.getItems()),
          Integer.toString(job.getDone()),
          Integer.toString(job.getFailed()),
          Integer.toString(job.getPriority()),
          time(job.getSubmittedMillis()));
    }
    table.print(out);
  }

  /** All of it. */
  static void print(JobInfo job, PrintWriter out) {
    out.println(line(job));
    out.println("model      " + model(job));
    out.println("tenant     " + (job.getTenant().isEmpty() ? "-" : job.getTenant()));
    out.println("priority   " + job.getPriority());
    out.println("running    " + job.getRunning() + " items, " + job.getReruns() + " run again");
    out.println("submitted  " + time(job.getSubmittedMillis()));
    out.println("expires    " + time(job.getExpiresMillis()));
    printPlacement(job, out);
    job.getWaitingList().forEach(reason -> out.println("waiting    " + reason));
  }

  /** Where and when its items run, where that is not as usual. */
  private static void printPlacement(JobInfo job, PrintWriter out) {
    if (!job.getObjective().isEmpty() && !job.getObjective().equals(LATENCY)) {
      out.println("objective  " + job.getObjective());
    }
    if (!job.getWindow().isEmpty()) {
      out.println("window     " + job.getWindow());
    }
    if (job.getOnMains()) {
      out.println("power      mains only");
    }
    if (!job.getFromSite().isEmpty()) {
      out.println("from site  " + job.getFromSite());
    }
  }
}
