/**
 * The page, the widget and the client module, in a real browser with the real engine behind them.
 * What the page looks like lies in {@code target/screenshots} afterwards.
 */
@org.jspecify.annotations.NullMarked
package io.fengda.page;
