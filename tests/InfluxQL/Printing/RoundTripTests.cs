using FsCheck;
using FsCheck.Fluent;

namespace Serverless.InfluxQL.Tests.Printing;

public sealed class RoundTripTests
{
    [Fact]
    public void What_is_printed_parses_to_the_same_tree() =>
        Prop.ForAll(
                Trees.Statement().ToArbitrary(),
                statement => Assert.Equal(statement, Assert.Single(InfluxQuery.Parse(statement.ToString())))
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Theory]
    [MemberData(nameof(PrintedQueries.All), MemberType = typeof(PrintedQueries))]
    public void A_printed_query_prints_the_same_again(string query, string printed)
    {
        if (!printed.Contains("[REDACTED]", StringComparison.Ordinal))
        {
            Assert.Equal(InfluxQuery.Parse(query), InfluxQuery.Parse(printed));
        }
    }
}
