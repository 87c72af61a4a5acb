// SPDX-License-Identifier: Apache-2.0
package io.rhizome.node.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rhizome.node.models.ModelException;
import io.rhizome.node.protocol.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ModelControlTest {
  private final List<String> done = new ArrayList<>();

  @Test
  void doesAsItIsAskedWhereClientsMay() throws Exception {
    ModelControl control = control(true);

    control.load("digits", List.of()).join();
    control.unload("digits", List.of("unload_dependents")).join();

    assertThat(done).containsExactly("load digits", "unload digits");
  }

  @Test
  void namesTheSettingAndTheCureWhereClientsMayNot() throws Exception {
    for (CompletableFuture<Void> refused :
        List.of(
            control(false).load("digits", List.of()), control(false).unload("digits", List.of()))) {
      assertThatThrownBy(refused::get)
          .cause()
          .isInstanceOf(ModelException.class)
          .hasMessageContainingAll("api.allowModelControl", "rhizome model", "digits")
          .extracting(failure -> ((ModelException) failure).code())
          .isEqualTo(ModelException.Code.FORBIDDEN);
    }
    assertThat(done).isEmpty();
  }

  @Test
  void refusesWhatItCannotDoAndNamesTheField() {
    assertThatThrownBy(() -> control(true).load("", List.of()))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("model_name");
    assertThatThrownBy(() -> control(true).load("digits", List.of("file:1/model.pt")))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("parameters.file:1/model.pt");
    assertThat(done).isEmpty();
  }

  private ModelControl control(boolean allowed) {
    return new ModelControl(allowed, name -> note("load " + name), name -> note("unload " + name));
  }

  private CompletableFuture<Void> note(String what) {
    done.add(what);
    return CompletableFuture.completedFuture(null);
  }
}
