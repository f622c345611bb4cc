package dev.millrace.simulator.shop;

import java.math.BigDecimal;
import java.time.LocalDate;

/**
 * Something that the shop sells.
 *
 * @param id from 1
 * @param title unique
 * @param category what it is: books
 * @param genre what kind of it: crime; a genre belongs to one category
 * @param price in the shop's currency
 * @param from its first day in the shop
 */
public record Item(int id, String title, String category, String genre, BigDecimal price, LocalDate from) {}
