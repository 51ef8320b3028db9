using Serverless.InfluxQL.Ast;
using Serverless.InfluxQL.Syntax;

namespace Serverless.InfluxQL.Tests.Printing;

public sealed class PrintedFormTests
{
    [Theory]
    [MemberData(nameof(PrintedQueries.All), MemberType = typeof(PrintedQueries))]
    public void A_statement_prints_as_the_real_server_prints_it(string query, string printed) =>
        Assert.Equal(printed, Assert.Single(InfluxQuery.Parse(query)).ToString());

    [Theory]
    [InlineData("SELECT 1.23456 FROM a")]
    [InlineData("SELECT a FROM \"\"")]
    [InlineData("SELECT a INTO \"\" FROM b")]
    [InlineData("SELECT DISTINCT \"a b\" FROM c")]
    [InlineData("SELECT a * -b, a / -f(c) FROM d")]
    [InlineData("SELECT \"my function\"(a), \"select\"(b) FROM d")]
    [InlineData("SHOW MEASUREMENTS ON \"a b\"")]
    public void What_the_real_server_could_not_read_again_prints_so_that_it_can_be_read(string query) =>
        Assert.Equal(query, Assert.Single(InfluxQuery.Parse(query)).ToString());

    [Fact]
    public void A_tree_that_no_parser_makes_prints_with_parentheses_where_its_meaning_needs_them()
    {
        var sum = new BinaryExpr(Token.Add, new VarRef("a"), new VarRef("b"));
        Assert.Equal("(a + b) * (a + b)", new BinaryExpr(Token.Mul, sum, sum).ToString());
        Assert.Equal("a - (a + b)", new BinaryExpr(Token.Sub, new VarRef("a"), sum).ToString());
    }

    [Fact]
    public void Several_statements_print_one_a_line() =>
        Assert.Equal(
            "SHOW DATABASES;\nSELECT a FROM b",
            Serverless.InfluxQL.Printing.Printer.Print(InfluxQuery.Parse(";show databases;; select a from b;"))
        );
}
