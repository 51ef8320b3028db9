namespace Serverless.Dialects.Cumulocity.Requests;

/// <summary>Which page of a collection is asked for.</summary>
/// <param name="Number">1 and up.</param>
/// <param name="Size">0 to <see cref="MostItems"/>.</param>
/// <param name="WithTotalPages">Whether the answer counts the pages.</param>
/// <param name="WithTotalElements">Whether it counts the elements.</param>
internal sealed record PageRequest(int Number, int Size, bool WithTotalPages, bool WithTotalElements)
{
    /// <summary>The size where none is asked for.</summary>
    public const int DefaultSize = 5;

    /// <summary>A larger size is taken for this.</summary>
    public const int MostItems = 2000;

    public bool WithTotals => WithTotalPages || WithTotalElements;

    /// <summary>How many items come before the page.</summary>
    public long Skip => (long)(Number - 1) * Size;
}
