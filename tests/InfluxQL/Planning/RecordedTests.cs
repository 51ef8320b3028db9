using Serverless.InfluxQL.Execution;

namespace Serverless.InfluxQL.Tests.Planning;

public sealed class RecordedTests
{
    [Theory]
    [MemberData(nameof(RefusedQueries.All), MemberType = typeof(RefusedQueries))]
    public async Task A_query_is_refused_in_the_words_of_the_real_server(string query, string error) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<QueryException>(async () => await MemorySources.PlanAsync(query))).Message);

    [Theory]
    [MemberData(nameof(ColumnsOfQueries.All), MemberType = typeof(ColumnsOfQueries))]
    public async Task The_columns_are_those_of_the_real_server(string query, string columns) =>
        Assert.Equal(columns, string.Join('|', (await MemorySources.PlanAsync(query)).Columns));
}
