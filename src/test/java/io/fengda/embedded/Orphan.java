package io.fengda.embedded;

import java.util.concurrent.CountDownLatch;

/** A program that waits to be orphaned, for the test that kills its parent. */
final class Orphan {
  private Orphan() {}

  public static void main(String[] args) throws InterruptedException {
    CountDownLatch orphaned = new CountDownLatch(1);
    ParentWatch.start(orphaned::countDown);
    System.out.println("watching");
    orphaned.await();
    System.out.println("orphaned");
  }
}
