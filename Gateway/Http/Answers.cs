using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using JobForge.Contracts.Errors;
using JobForge.Contracts.Events;
using JobForge.Contracts.Json;
using Microsoft.AspNetCore.Http;

namespace JobForge.Gateway.Http;

/// <summary>How endpoints answer: JSON with the contract's options, or a problem.</summary>
public static class Answers
{
    /// <summary>Absent members instead of nulls, for answers whose shape says what happened (a dry run has no job).</summary>
    private static readonly JsonSerializerOptions Sparse = MakeSparse();

    public static IResult Json<T>(T value, int status = StatusCodes.Status200OK) => Results.Json(value, ContractJson.Options, statusCode: status);

    public static IResult SparseJson<T>(T value, int status) => Results.Json(value, Sparse, statusCode: status);

    /// <summary>The value, or the problem.</summary>
    public static IResult Of<T>(Outcome<T> outcome, int status = StatusCodes.Status200OK) =>
        outcome.IsRefused ? new ProblemAnswer(outcome.Refusal) : Json(outcome.Value, status);

    /// <summary>The row, or NOT_FOUND.</summary>
    public static IResult OrNotFound<T>(T? row, string message)
        where T : class => row is null ? new ProblemAnswer(Refusal.NotFound(message)) : Json(row);

    /// <summary>A list that always comes whole, in the same shape as the paged ones.</summary>
    public static IResult Whole<T>(IEnumerable<T> items) => Json(new Page<T>([.. items], NextCursor: null));

    /// <summary>A page; a cursor that the store did not make is the caller's mistake.</summary>
    public static async Task<IResult> PageAsync<T>(Func<Task<Page<T>>> readPage)
    {
        try
        {
            return Json(await readPage());
        }
        catch (FormatException)
        {
            return new ProblemAnswer(Refusal.Invalid("cursor", "Is not a cursor of this list", FieldCodes.InvalidFormat));
        }
    }

    /// <summary>The status of a batch: 201 all new, 200 some there before, 207 when any item was refused.</summary>
    public static int BatchStatus(bool anyRefused, bool allNew) => anyRefused
        ? StatusCodes.Status207MultiStatus
        : allNew ? StatusCodes.Status201Created : StatusCodes.Status200OK;

    private static JsonSerializerOptions MakeSparse()
    {
        var options = new JsonSerializerOptions { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
        ContractJson.Apply(options);
        options.TypeInfoResolver = new DefaultJsonTypeInfoResolver();
        options.MakeReadOnly();
        return options;
    }
}
