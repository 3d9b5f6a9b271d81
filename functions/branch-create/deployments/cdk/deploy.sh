mapfile -t tags <<< "$WRASSE_TAGS"
arguments=()
for tag in "${tags[@]}"; do arguments+=(--tags "$tag"); done
npx cdk deploy --all --app cdk.out --method direct --require-approval never --role-arn "$WRASSE_APPLICATION_ROLE" "${arguments[@]}"
