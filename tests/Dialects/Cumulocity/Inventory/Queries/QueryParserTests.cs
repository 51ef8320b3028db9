using FsCheck;
using FsCheck.Fluent;
using Serverless.Dialects.Cumulocity.Inventory.Queries;

namespace Serverless.Dialects.Tests.Cumulocity.Inventory.Queries;

public class QueryParserTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("name eq 'x'", "$filter=name eq 'x'")]
    [InlineData(
        "$filter=(name eq 'dev*') $orderby=name asc,creationTime.date desc",
        "$filter=name eq 'dev*' $orderby=name asc,creationTime.date desc"
    )]
    [InlineData("$orderby=a.b,c DESC $filter=has(x)", "$filter=has(x) $orderby=a.b asc,c desc")]
    [InlineData("a eq 1 or b gt -2 and not c le 12.5f", "$filter=(a eq 1d or (b gt -2d and not(c le 12.5d)))")]
    [InlineData("(a eq true) AND (b ne null)", "$filter=(a eq true and b ne null)")]
    [InlineData(@"n eq 'it''s \(a\) \\ \*'", @"$filter=n eq 'it''s (a) \\ \*'")]
    [InlineData("hasany(a,b.c)", "$filter=(has(a) or has(b.c))")]
    [InlineData("bygroupid(1, 22) and isinhierarchyof('3')", "$filter=(bygroupid(1,22) and isinhierarchyof(3))")]
    [InlineData("creationTime.date ge '2020-01-02'", "$filter=creationTime.date ge '2020-01-02T00:00:00.0000000Z'")]
    [InlineData("$filter=() $orderby=id", "$filter=() $orderby=id asc")]
    [InlineData("((a eq 'x') or (a eq 'y'))", "$filter=(a eq 'x' or a eq 'y')")]
    [InlineData("x eq 1e3d and y eq 7L and z eq 0.5", "$filter=(x eq 1000d and y eq 7d and z eq 0.5d)")]
    [InlineData("type eq c8y_DeviceGroup", "$filter=type eq 'c8y_DeviceGroup'")]
    [InlineData(
        "$filter=(bygroupid(12) and type eq c8y_DeviceSubGroup and owner eq a@b.c)",
        "$filter=(bygroupid(12) and type eq 'c8y_DeviceSubGroup' and owner eq 'a@b.c')"
    )]
    [InlineData("$filter=name eq pump_* $orderby=id", "$filter=name eq 'pump_*' $orderby=id asc")]
    [InlineData("$filter=(name eq 'a+b')+$orderby=name desc", "$filter=name eq 'a+b' $orderby=name desc")]
    public void A_query_is_read(string text, string printed) => Assert.Equal(printed, QueryParser.Parse(text).ToString());

    [Theory]
    [InlineData("name", 5, "one of eq, ne, lt, le, gt and ge is expected, and not the end.")]
    [InlineData("name like 'x'", 6, "one of eq, ne, lt, le, gt and ge is expected, and not 'like'.")]
    [InlineData("name eq and", 9, "A value is a text, which stands between apostrophes, a number, true, false or null, and not 'and'.")]
    [InlineData(
        "a eq $filter",
        6,
        "A value is a text, which stands between apostrophes, a number, true, false or null, and not '$filter'."
    )]
    [InlineData("name eq 'x", 9, "The text that begins here has no closing apostrophe.")]
    [InlineData("(a eq 1", 8, "and, or or ')' is expected, and not the end.")]
    [InlineData("a eq 1)", 7, "and, or, $orderby= or the end is expected, and not ')'.")]
    [InlineData("a eq 1 b eq 2", 8, "and, or, $orderby= or the end is expected, and not 'b'.")]
    [InlineData("a..b eq 1", 1, "A path is 1 to 16 names with dots between them, and not 'a..b'.")]
    [InlineData("frob(a)", 1, "There is no function frob: there are has, hasany, bygroupid and isinhierarchyof.")]
    [InlineData("has(a,b)", 7, "has takes one member: hasany takes several.")]
    [InlineData("bygroupid(x)", 11, "An object's id is digits, and not 'x'.")]
    [InlineData("creationTime gt 'soon'", 17, "a time such as '2020-03-19T12:03:27.845Z' is expected, and not the text 'soon'.")]
    [InlineData("$filter=a eq 1 $filter=b eq 2", 16, "'$filter' comes twice.")]
    [InlineData("$filter a eq 1", 9, "'=' is expected, and not 'a'.")]
    [InlineData("$orderby=", 10, "a member is expected, and not the end.")]
    [InlineData("text gt 'a'", 1, "text is searched with eq and a text, such as text eq 'pump'.")]
    [InlineData("and", 4, "one of eq, ne, lt, le, gt and ge is expected, and not the end.")]
    [InlineData("a eq 1e999", 6, "A number is one that a 64-bit float holds, and not '1e999'.")]
    public void What_is_no_query_says_where_and_why(string text, int position, string message)
    {
        var wrong = Assert.Throws<QuerySyntaxException>(() => QueryParser.Parse(text));

        Assert.Equal((position, message), (wrong.Position, wrong.Message));
    }

    [Fact]
    public void Depth_is_bounded()
    {
        Assert.Throws<QuerySyntaxException>(() => QueryParser.Parse(new string('(', 100_000)));
        Assert.Throws<QuerySyntaxException>(() => QueryParser.Parse(string.Concat(Enumerable.Repeat("not ", 100_000))));
        QueryParser.Parse(string.Concat(Enumerable.Repeat("(", 50)) + "a eq 1" + new string(')', 50));
    }

    [Fact]
    public void What_is_printed_is_read_as_the_same() =>
        Prop.ForAll(QueryGenerators.Queries.ToArbitrary(), query => QueryParser.Parse(query.ToString()).ToString() == query.ToString())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Any_text_is_a_query_or_says_why_not() =>
        Prop.ForAll(
                Gen.Elements(
                        "a",
                        "eq",
                        "'x'",
                        "(",
                        ")",
                        "and",
                        "or",
                        "not",
                        "has",
                        ",",
                        "$filter",
                        "$orderby",
                        "=",
                        "1",
                        "'",
                        "\\",
                        "null",
                        " ",
                        "*",
                        "creationTime",
                        "text",
                        "desc"
                    )
                    .ListOf()
                    .ToArbitrary(),
                words =>
                {
                    try
                    {
                        QueryParser.Parse(string.Join(' ', words));
                    }
                    catch (QuerySyntaxException wrong)
                    {
                        Assert.InRange(wrong.Position, 1, string.Join(' ', words).Length + 1);
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
}
