package io.fengda;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which package may know which: a message passes the stations one way, and so do the imports. */
class ArchitectureTest {
  private static final String MODEL = "io.fengda.conversation.model..";
  private static final String QUOTA = "io.fengda.quota..";
  private static final String TENANT = "io.fengda.tenant..";
  private static final String TELEMETRY = "io.fengda.telemetry..";
  private static final String IDENTITY = "io.fengda.identity..";
  private static final String ADMINISTRATION = "io.fengda.administration..";
  private static final String KNOWLEDGE = "io.fengda.knowledge..";
  private static final String TLS = "io.fengda.tls..";
  private static final String FILES = "io.fengda.files..";
  private static final String OPERATOR = "io.fengda.operator..";
  private static final String PROTO = "io.fengda.proto..";
  private static JavaClasses fengda;

  @BeforeAll
  static void read() {
    fengda =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.fengda");
  }

  /**
   * Slices of bytes are protobuf's: a query's context goes to its record and its vendor as it is.
   */
  @Test
  void theModelKnowsOnlyTheJdkTenantsAndSlicesOfBytes() {
    classes()
        .that()
        .resideInAPackage(MODEL)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage("java..", "org.jspecify.annotations..", MODEL, TENANT)
                .or(belongToAnyOf(ByteString.class, UnsafeByteOperations.class)))
        .check(fengda);
  }

  @Test
  void theConversationKnowsNoWire() {
    ownDependencies("io.fengda.conversation", "io.fengda.conversation..", QUOTA, TENANT, TELEMETRY);
    noClasses()
        .that()
        .resideInAPackage("io.fengda.conversation..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "akka.http..", "akka.kafka..", "akka.grpc..", "io.grpc..", "org.apache.kafka..")
        .check(fengda);
  }

  @Test
  void everyStationKnowsOnlyWhatComesAfterIt() {
    ownDependencies("io.fengda.tenant", TENANT);
    ownDependencies("io.fengda.quota", QUOTA, TENANT);
    ownDependencies("io.fengda.telemetry", TELEMETRY);
    ownDependencies("io.fengda.tls", TLS);
    ownDependencies("io.fengda.files", FILES);
    ownDependencies("io.fengda.identity", IDENTITY, TENANT);
    ownDependencies("io.fengda.knowledge", KNOWLEDGE, TENANT);
    ownDependencies("io.fengda.administration", ADMINISTRATION, KNOWLEDGE, TENANT, TELEMETRY);
    ownDependencies(
        "io.fengda.http",
        "io.fengda.http..",
        "io.fengda.conversation..",
        ADMINISTRATION,
        FILES,
        IDENTITY,
        KNOWLEDGE,
        QUOTA,
        TENANT,
        TELEMETRY,
        TLS);
    ownDependencies(
        "io.fengda.queue",
        "io.fengda.queue..",
        "io.fengda.conversation..",
        TENANT,
        TELEMETRY,
        PROTO);
    ownDependencies(
        "io.fengda.journal",
        "io.fengda.journal..",
        "io.fengda.conversation..",
        ADMINISTRATION,
        TENANT,
        TELEMETRY,
        PROTO);
    ownDependencies(
        "io.fengda.worker",
        "io.fengda.worker..",
        "io.fengda.vendor..",
        "io.fengda.queue..",
        MODEL,
        TENANT,
        TELEMETRY);
    ownDependencies(
        "io.fengda.vendor", "io.fengda.vendor..", MODEL, KNOWLEDGE, TENANT, TELEMETRY, TLS, PROTO);
    ownDependencies(
        "io.fengda.answerer", "io.fengda.answerer..", KNOWLEDGE, TENANT, TELEMETRY, TLS, PROTO);
    ownDependencies("io.fengda.operator", OPERATOR, FILES, MODEL, TENANT, TELEMETRY);
    ownDependencies("io.fengda.embedded", "io.fengda.embedded..", "io.fengda");
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.fengda.(*)..").should().beFreeOfCycles().check(fengda);
  }

  @Test
  void workersAndVendorsNeverSeeAnActor() {
    noClasses()
        .that()
        .resideInAnyPackage("io.fengda.worker..", "io.fengda.vendor..")
        .should()
        .dependOnClassesThat()
        .haveNameMatching("akka\\.actor\\.typed\\.(ActorRef|Behavior).*")
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("io.fengda.conversation", "akka.cluster..", "akka.persistence..")
        .check(fengda);
  }

  @Test
  void onlyTheQueueAndTheWorkerKnowKafka() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.fengda.queue..", "io.fengda.worker..", "io.fengda.embedded..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("akka.kafka..", "org.apache.kafka..")
        .check(fengda);
  }

  @Test
  void onlyTheVendorAndTheAnswererKnowGrpc() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.fengda.vendor..", "io.fengda.answerer..", PROTO)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc..", "akka.grpc..")
        .check(fengda);
  }

  @Test
  void onlySettingsAndTheStartReadTheConfiguration() {
    noClasses()
        .that()
        .haveSimpleNameNotEndingWith("Settings")
        .and()
        .doNotHaveFullyQualifiedName("io.fengda.Main")
        .and()
        .doNotHaveFullyQualifiedName("io.fengda.Main$Settings")
        .and()
        .doNotHaveFullyQualifiedName("io.fengda.Preflight")
        .and()
        .doNotHaveFullyQualifiedName("io.fengda.journal.JournalSchema")
        .and()
        .doNotHaveFullyQualifiedName("io.fengda.embedded.EmbeddedMain")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.typesafe.config..")
        .check(fengda);
  }

  @Test
  void onlyTheConversationPackageSeesItsEntity() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.fengda.conversation")
        .should()
        .dependOnClassesThat()
        .haveNameMatching("io\\.fengda\\.conversation\\.(ConversationEntity|Command|LiveTurn).*")
        .check(fengda);
  }

  @Test
  void ourClassesAreFinalAndHaveNoMutableStatics() {
    classes()
        .that()
        .resideOutsideOfPackage(PROTO)
        .and()
        .areNotInterfaces()
        .and()
        .areNotEnums()
        .and()
        .areNotAnonymousClasses()
        .should()
        .haveModifier(JavaModifier.FINAL)
        .check(fengda);
    noFieldsAreStaticAndNotFinal();
  }

  private static void noFieldsAreStaticAndNotFinal() {
    fields()
        .that()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackage(PROTO)
        .and()
        .areStatic()
        .should()
        .beFinal()
        .check(fengda);
  }

  /** Of Fengda's own packages, this one knows only those. */
  private static void ownDependencies(String of, String... allowed) {
    classes()
        .that()
        .resideInAPackage(of)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(allowed)
                .or(DescribedPredicate.not(resideInAnyPackage("io.fengda.."))))
        .check(fengda);
  }
}
