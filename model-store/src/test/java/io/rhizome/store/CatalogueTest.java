// SPDX-License-Identifier: Apache-2.0
package io.rhizome.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class CatalogueTest {
  private final Catalogue catalogue = new Catalogue(3);
  private final SignedManifest one = Manifests.signed("digits", 1);
  private final SignedManifest two = Manifests.signed("digits", 2);

  @Test
  void theHigherCounterIsTheNewest() {
    catalogue.add(two);
    catalogue.add(one);

    assertThat(catalogue.newest("digits")).contains(two);
    assertThat(catalogue.find("digits", 0)).contains(two);
    assertThat(catalogue.find("digits", 1)).contains(one);
    assertThat(catalogue.versions("digits")).containsExactly(one, two);
    assertThat(catalogue.get(one.id())).contains(one);
  }

  @Test
  void theGreaterDigestWinsAmongEqualCounters() {
    SignedManifest rival =
        Manifests.signed("digits", 1, Manifests.file("model.pt", new byte[] {1}));
    catalogue.add(one);
    catalogue.add(rival);

    SignedManifest winner = one.id().compareTo(rival.id()) > 0 ? one : rival;
    assertThat(catalogue.newest("digits")).contains(winner);
    assertThat(catalogue.find("digits", 1)).contains(winner);
  }

  @Test
  void forgetsWhatIsRemoved() {
    catalogue.add(one);
    catalogue.remove(one.id());
    catalogue.remove(one.id());

    assertThat(catalogue.newest("digits")).isEmpty();
    assertThat(catalogue.all()).isEmpty();
  }

  @Test
  void refusesMoreThanItsBound() {
    catalogue.add(one);
    catalogue.add(two);
    catalogue.add(Manifests.signed("other", 1));
    catalogue.add(one);

    assertThatIllegalStateException()
        .isThrownBy(() -> catalogue.add(Manifests.signed("other", 2)))
        .withMessageContaining("full at 3");
    assertThat(catalogue.all()).hasSize(3);
  }
}
