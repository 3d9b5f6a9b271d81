# The state is beside the source that was kept. Terraform works as the application's role, as CloudFormation does.
export AWS_CONFIG_FILE=$PWD/wrasse-aws-config AWS_PROFILE=application
printf '[profile application]\nrole_arn = %s\ncredential_source = EcsContainer\n' "$WRASSE_APPLICATION_ROLE" > "$AWS_CONFIG_FILE"
terraform init -input=false -reconfigure -backend-config="bucket=$WRASSE_BUCKET" -backend-config="key=$WRASSE_STATE_KEY" \
  -backend-config="region=$AWS_REGION"
terraform destroy -input=false -auto-approve -var="environment=$WRASSE_NAME"
