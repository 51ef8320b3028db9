namespace Serverless.InfluxQL.Tests.Parsing;

public sealed class ErrorTextTests
{
    [Theory]
    [MemberData(nameof(WrongQueries.All), MemberType = typeof(WrongQueries))]
    public void A_wrong_query_is_refused_in_the_words_of_the_real_server(string query, string error) =>
        Assert.Equal(error, Assert.Throws<InfluxSyntaxException>(() => InfluxQuery.Parse(query)).Message);
}
