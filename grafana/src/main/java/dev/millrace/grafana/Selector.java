package dev.millrace.grafana;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A metric as an expression asks for it.
 *
 * @param metric its name
 * @param matchers its matchers
 * @param range its range, as it is written; empty for none
 * @param call the function or aggregation right around it; empty for none
 * @param groupedBy the labels that aggregations around it keep
 */
public record Selector(String metric, List<Match> matchers, String range, String call, Set<String> groupedBy) {
    private static final Pattern MATCH =
            Pattern.compile("\\s*([a-zA-Z_]\\w*)\\s*(=~|!~|!=|=)\\s*\"((?:[^\"\\\\]|\\\\.)*)\"\\s*,?");
    private static final Set<String> GROUPING = Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
    private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool", "offset", "inf", "nan", "atan2");

    /** One matcher: a label, {@code =}, {@code !=}, {@code =~} or {@code !~}, and a value. */
    public record Match(String label, String operator, String value) {}

    public Selector {
        matchers = List.copyOf(matchers);
        groupedBy = Set.copyOf(groupedBy);
    }

    /** The matcher of that label. */
    public Optional<Match> match(String label) {
        return matchers.stream().filter(match -> match.label().equals(label)).findFirst();
    }

    /**
     * All that an expression asks for.
     *
     * @throws IllegalArgumentException if its brackets do not match
     */
    public static List<Selector> of(String expression) {
        return new Scanner(expression).scan();
    }

    /** Knows of PromQL only what finds selectors; whether an expression is right is for promtool to say. */
    private static final class Scanner {
        private record Open(String call, Set<String> labels) {}

        private final String text;
        private final List<Selector> found = new ArrayList<>();
        private final Deque<Open> open = new ArrayDeque<>();
        private int at;
        private String pendingCall = "";
        private Set<String> pendingLabels = Set.of();

        Scanner(String expression) {
            this.text = expression;
        }

        List<Selector> scan() {
            while (at < text.length()) {
                char c = text.charAt(at);
                if (c == '"') {
                    at = endOfString();
                } else if (Character.isLetter(c) || c == '_' || c == ':') {
                    word();
                } else if (Character.isDigit(c)) {
                    number();
                } else {
                    bracket(c);
                    at++;
                }
            }
            require(open.isEmpty());
            return List.copyOf(found);
        }

        private void bracket(char c) {
            if (c == '(') {
                open.push(new Open(pendingCall, pendingLabels));
                pendingCall = "";
                pendingLabels = Set.of();
            } else if (c == ')') {
                require(!open.isEmpty());
                open.pop();
            }
        }

        private void word() {
            int start = at;
            while (at < text.length() && isWord(text.charAt(at))) {
                at++;
            }
            String word = text.substring(start, at);
            if (GROUPING.contains(word)) {
                Set<String> labels = labels();
                if (word.equals("by")) {
                    pendingLabels = labels;
                }
            } else if (next() == '(' || (!pendingCall.isEmpty() && pendingCall.equals(word))) {
                pendingCall = word;
            } else if (isAggregation(word)) {
                pendingCall = word;
            } else if (!OPERATORS.contains(word)) {
                selector(word);
            }
        }

        /** An aggregation whose labels stand before its brackets. */
        private boolean isAggregation(String word) {
            String rest = text.substring(at).stripLeading();
            return rest.matches("(?s)(by|without)\\s*\\(.*") && !word.isEmpty();
        }

        private void selector(String metric) {
            List<Match> matchers = new ArrayList<>();
            if (next() == '{') {
                int begin = text.indexOf('{', at) + 1;
                at = begin;
                while (text.charAt(at) != '}') {
                    at = text.charAt(at) == '"' ? endOfString() : at + 1;
                    require(at < text.length());
                }
                Matcher match = MATCH.matcher(text.substring(begin, at));
                while (match.find()) {
                    matchers.add(new Match(match.group(1), match.group(2), match.group(3)));
                }
                at++;
            }
            String range = "";
            if (next() == '[') {
                int begin = text.indexOf('[', at) + 1;
                at = text.indexOf(']', begin);
                require(at > 0);
                range = text.substring(begin, at);
                at++;
            }
            Set<String> grouped = new LinkedHashSet<>();
            open.forEach(around -> grouped.addAll(around.labels()));
            String call = open.isEmpty() ? "" : open.peek().call();
            found.add(new Selector(metric, matchers, range, call, grouped));
        }

        private Set<String> labels() {
            Set<String> labels = new LinkedHashSet<>();
            int begin = text.indexOf('(', at) + 1;
            int end = text.indexOf(')', begin);
            require(begin > 0 && end > 0);
            for (String label : text.substring(begin, end).split(",")) {
                if (!label.isBlank()) {
                    labels.add(label.strip());
                }
            }
            at = end + 1;
            return labels;
        }

        /** A number, with its unit if it is a duration. */
        private void number() {
            while (at < text.length() && (isWord(text.charAt(at)) || text.charAt(at) == '.')) {
                at++;
            }
        }

        private int endOfString() {
            int end = at + 1;
            while (end < text.length() && text.charAt(end) != '"') {
                end += text.charAt(end) == '\\' ? 2 : 1;
            }
            require(end < text.length());
            return end + 1;
        }

        private char next() {
            int look = at;
            while (look < text.length() && Character.isWhitespace(text.charAt(look))) {
                look++;
            }
            return look < text.length() ? text.charAt(look) : ' ';
        }

        private static boolean isWord(char c) {
            return Character.isLetterOrDigit(c) || c == '_' || c == ':';
        }

        private void require(boolean holds) {
            if (!holds) {
                throw new IllegalArgumentException("brackets or quotes do not match near " + at + " in: " + text);
            }
        }
    }
}
