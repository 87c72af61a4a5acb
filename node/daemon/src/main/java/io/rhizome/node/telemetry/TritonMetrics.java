// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.telemetry;

import io.rhizome.node.serving.Counters.ModelKey;
import io.rhizome.node.serving.ModelCounters;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * Triton's own metrics in the Prometheus text format 0.0.4, under the names and labels that
 * Triton's documentation gives them ("Inference Request Metrics").
 *
 * <p>Written by hand: the Prometheus client appends {@code _total} to every counter's name, and
 * dashboards made for Triton look for the names without it.
 */
final class TritonMetrics {
  private final StringBuilder out = new StringBuilder();
  private final SortedMap<ModelKey, ModelCounters> models;

  private TritonMetrics(SortedMap<ModelKey, ModelCounters> models) {
    this.models = models;
  }

  static String text(SortedMap<ModelKey, ModelCounters> models) {
    TritonMetrics metrics = new TritonMetrics(models);
    metrics.writeCounts();
    metrics.writeDurations();
    return metrics.out.toString();
  }

  private void writeCounts() {
    each(
        "nv_inference_request_success",
        "counter",
        "Successful inference requests",
        ModelCounters::succeeded);
    head("nv_inference_request_failure", "counter", "Failed inference requests, by reason");
    for (Map.Entry<ModelKey, ModelCounters> model : models.entrySet()) {
      for (ModelCounters.Reason reason : ModelCounters.Reason.values()) {
        sample(
            "nv_inference_request_failure",
            model.getKey(),
            ",reason=\"" + reason + "\"",
            model.getValue().failed(reason));
      }
    }
    each("nv_inference_count", "counter", "Inferences performed", ModelCounters::succeeded);
    each("nv_inference_exec_count", "counter", "Model executions", ModelCounters::succeeded);
    each(
        "nv_inference_pending_request_count",
        "gauge",
        "Requests awaiting execution",
        ModelCounters::pending);
  }

  private void writeDurations() {
    micros(
        "nv_inference_request_duration_us",
        "Cumulative request duration in microseconds",
        ModelCounters::requestNanos);
    micros(
        "nv_inference_queue_duration_us",
        "Cumulative queue duration in microseconds",
        ModelCounters::queueNanos);
    micros(
        "nv_inference_compute_input_duration_us",
        "Cumulative time reading inputs in microseconds",
        ModelCounters::inputNanos);
    micros(
        "nv_inference_compute_infer_duration_us",
        "Cumulative time running the model in microseconds",
        ModelCounters::inferNanos);
    micros(
        "nv_inference_compute_output_duration_us",
        "Cumulative time writing outputs in microseconds",
        ModelCounters::outputNanos);
  }

  private void micros(String name, String help, ToLongFunction<ModelCounters> nanos) {
    each(name, "counter", help, model -> TimeUnit.NANOSECONDS.toMicros(nanos.applyAsLong(model)));
  }

  private void each(String name, String type, String help, ToLongFunction<ModelCounters> value) {
    head(name, type, help);
    models.forEach((key, model) -> sample(name, key, "", value.applyAsLong(model)));
  }

  private void head(String name, String type, String help) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private void sample(String name, ModelKey key, String more, long value) {
    out.append(name).append("{model=\"").append(escaped(key.model())).append("\",version=\"");
    out.append(key.version()).append('"').append(more).append("} ").append(value).append('\n');
  }

  private static String escaped(String label) {
    return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
