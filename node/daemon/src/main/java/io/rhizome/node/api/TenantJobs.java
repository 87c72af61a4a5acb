// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api;

import io.rhizome.node.access.Access;
import io.rhizome.node.access.AccessException;
import io.rhizome.node.access.Caller;
import io.rhizome.node.jobs.JobException;
import io.rhizome.node.jobs.JobId;
import io.rhizome.node.jobs.JobSource;
import io.rhizome.node.jobs.JobSpec;
import io.rhizome.node.jobs.JobStatus;
import io.rhizome.node.jobs.Jobs;
import io.rhizome.node.jobs.Placement;
import io.rhizome.node.jobs.Window;
import io.rhizome.node.serving.ModelNames;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A site's jobs as clients may see them: a job belongs to the tenant of the key that it came with,
 * and for everybody else there is none of its id. Calls block as those of {@link Jobs} do; any
 * thread but an event loop's.
 */
public final class TenantJobs {
  private final Jobs jobs;
  private final Access access;
  private final ModelNames names;

  /**
   * Those jobs.
   *
   * @param access says which models a tenant may use, and counts submissions as requests
   * @param names what clients call models
   */
  public TenantJobs(Jobs jobs, Access access, ModelNames names) {
    this.jobs = jobs;
    this.access = access;
    this.names = names;
  }

  /** A job on its way in, which counts as a request of its tenant until it is closed. */
  public static final class Submission implements AutoCloseable {
    private final Jobs.Upload upload;
    private final Access.Permit permit;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Submission(Jobs.Upload upload, Access.Permit permit) {
      this.upload = upload;
      this.permit = permit;
    }

    /** See {@link Jobs.Upload#add}. */
    public void add(byte[] item) throws JobException {
      upload.add(item);
    }

    /** See {@link Jobs.Upload#accept}. */
    public JobStatus accept() throws JobException {
      return upload.accept();
    }

    /** See {@link Jobs.Upload#close}. Idempotent. */
    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        upload.close();
        permit.end();
      }
    }
  }

  /** The id that is written so. */
  public static JobId id(String text) throws JobException {
    try {
      return new JobId(text);
    } catch (IllegalArgumentException e) {
      throw invalid(e);
    }
  }

  /**
   * Where and when items are to run.
   *
   * @param objective as clients write it; empty for the default
   * @param window as clients write it; empty for all hours
   */
  public static Placement placement(String objective, String window, boolean onMains)
      throws JobException {
    try {
      return new Placement(
          Placement.Objective.parse(objective),
          window.isEmpty() ? Optional.empty() : Optional.of(Window.parse(window)),
          onMains);
    } catch (IllegalArgumentException e) {
      throw invalid(e);
    }
  }

  /**
   * What that caller asks for; it comes from where the caller's requests come from.
   *
   * @param expires in whole seconds; zero for the default
   */
  public static JobSpec spec(
      Caller caller,
      String id,
      String model,
      long version,
      int priority,
      Duration expires,
      Placement placement)
      throws JobException {
    try {
      return new JobSpec(
          new JobId(id),
          caller.tenant(),
          model,
          version,
          priority,
          expires.isZero() ? JobSpec.DEFAULT_EXPIRES : expires.truncatedTo(ChronoUnit.SECONDS),
          new JobSource(caller.origin(), ""),
          placement);
    } catch (IllegalArgumentException e) {
      throw invalid(e);
    }
  }

  private static JobException invalid(IllegalArgumentException e) {
    return new JobException(JobException.Code.INVALID, String.valueOf(e.getMessage()), e);
  }

  /** See {@link Jobs#upload}; the caller's tenant may use that model now. */
  public Submission submit(Caller caller, JobSpec spec, int firstItem)
      throws JobException, AccessException {
    if (firstItem < 0) {
      throw new JobException(JobException.Code.INVALID, "first_item: items count from 0");
    }
    Access.Permit permit = admit(caller, spec);
    try {
      requireRoom(caller, spec.id());
      return new Submission(jobs.upload(spec, firstItem), permit);
    } catch (JobException | RuntimeException e) {
      permit.end();
      throw e;
    }
  }

  private Access.Permit admit(Caller caller, JobSpec spec) throws JobException, AccessException {
    ModelNames.Target target =
        names
            .resolve(spec.model(), spec.version(), ThreadLocalRandom.current())
            .orElseThrow(
                () ->
                    new JobException(
                        JobException.Code.NOT_FOUND,
                        "policy does not give the name '%s' to version %d"
                            .formatted(spec.model(), spec.version())));
    return access.admit(caller, target.model());
  }

  private void requireRoom(Caller caller, JobId id) throws JobException {
    int most = access.maxJobs(caller);
    if (most == Integer.MAX_VALUE) {
      return;
    }
    long others =
        list(caller).stream()
            .filter(status -> status.state() == JobStatus.State.RUNNING)
            .filter(status -> !status.job().id().equals(id))
            .filter(status -> status.job().spec().source().site().isEmpty())
            .count();
    if (others >= most) {
      throw new JobException(
          JobException.Code.FULL,
          "tenant '%s' has %d jobs that have not ended, as many as it may"
              .formatted(caller.tenant(), others));
    }
  }

  /** See {@link Jobs#uploaded}. */
  public int uploaded(Caller caller, JobId id) throws JobException {
    JobStatus accepted;
    try {
      accepted = jobs.status(id);
    } catch (JobException e) {
      if (e.code() == JobException.Code.NOT_FOUND) {
        return jobs.uploaded(id, caller.tenant());
      }
      throw e;
    }
    requireOwn(caller, accepted);
    return accepted.job().items();
  }

  /** The caller's jobs, ordered by id. */
  public List<JobStatus> list(Caller caller) throws JobException {
    return jobs.list().stream().filter(status -> owns(caller, status)).toList();
  }

  /** See {@link Jobs#status}. */
  public JobStatus status(Caller caller, JobId id) throws JobException {
    JobStatus status;
    try {
      status = jobs.status(id);
    } catch (JobException e) {
      throw e.code() == JobException.Code.NOT_FOUND ? unknown(id) : e;
    }
    requireOwn(caller, status);
    return status;
  }

  /**
   * Results from that item on.
   *
   * @param failedOnly whether only those are wanted that say why their item failed
   */
  public ResultPages results(Caller caller, JobId id, int first, boolean failedOnly)
      throws JobException {
    if (first < 0) {
      throw new JobException(JobException.Code.INVALID, "first_item: items count from 0");
    }
    return new ResultPages(jobs, status(caller, id).job(), first, failedOnly);
  }

  /** See {@link Jobs#cancel}. */
  public JobStatus cancel(Caller caller, JobId id) throws JobException {
    JobStatus unused = status(caller, id);
    return jobs.cancel(id);
  }

  /** See {@link Jobs#retry}; the caller's tenant may use the model still. */
  public JobStatus retry(Caller caller, JobId id) throws JobException, AccessException {
    admit(caller, status(caller, id).job().spec()).end();
    return jobs.retry(id);
  }

  private static boolean owns(Caller caller, JobStatus status) {
    return status.job().spec().tenant().equals(caller.tenant());
  }

  private static void requireOwn(Caller caller, JobStatus status) throws JobException {
    if (!owns(caller, status)) {
      throw unknown(status.job().id());
    }
  }

  private static JobException unknown(JobId id) {
    return new JobException(JobException.Code.NOT_FOUND, "no job has the id '" + id + "'");
  }
}
